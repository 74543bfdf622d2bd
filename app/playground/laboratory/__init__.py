"""The laboratory of chapter A10: learning algorithms, run and measured on one problem.

Only `library` imports scikit-learn, and it is itself imported when its first algorithm runs.
"""
