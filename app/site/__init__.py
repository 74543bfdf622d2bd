def ensure_site(*a): print("x")
