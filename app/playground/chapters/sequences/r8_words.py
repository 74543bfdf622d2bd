"""The prose of R8."""

LEAD = """
Choose a task and a cell, press **play**, and watch gates and states change as the network learns. Every cell of the
pictures opens into its arithmetic. When you change the cell and train again, the curve before stays, to compare.
"""

NOTES = """
## The tasks

- **Embedded Reber grammar.** Strings such as B**T**BPVVE**T**E: where two letters may follow, a coin decides, and the last
  letter but one repeats the second. A string counts as understood when, at every step, all letters that the grammar
  allows are ranked before all that it does not: the rule of Hochreiter and Schmidhuber (1997), on strings never seen.
- **Adding problem.** Two of the values are marked; after the last step the network says their sum. Who always says 1
  has a mean squared error of 1/6.
- **Sine.** The next value of a sum of two waves; then it is left to itself, and shown what it said.
- **Delayed echo.** Say the symbol of some steps before.
- **Text.** Guess the next character, over and over: of twelve sonnets, or of a text of your own. The states go on from one
  piece of the text to the next; gradients go back through one piece (truncated back-propagation through time).

## Try this

- [The adding problem](?chapter=r8&task=adding&hidden=32) with the LSTM, then with the **RNN**: with the same settings
  the RNN goes on guessing. With [100 steps](?chapter=r8&task=adding&hidden=32&length=100&cell=rnn&rate=0.001) a smaller
  learning rate does not help it either; the LSTM still learns. What comes back through 100 steps is multiplied 100 times.
- The Reber grammar is no such proof: most of its strings are short, and with Adam and clipping the RNN learns it, too.
- Which unit of the Reber network holds the second letter to the end? Look for a row of the cell state that keeps its
  colour, and compare a string with T and one with P.
- [The echo with a delay of 8](?chapter=r8&task=echo&delay=8&hidden=32) is the RNN's game: a queue of symbols is a
  matrix that shifts. It learns it long before the LSTM does. No cell is the best at everything.
- [The sonnets](?chapter=r8&task=text&hidden=64&batch=16): let it read them some twenty times. First it learns spaces and line
  breaks, then common words, then spelling. Write at temperature 0, 0.5 and 2. Brush a word or the end of a line, and see
  which unit marks it; then look at that unit over another passage. Twelve sonnets are little to learn from: the held-out
  loss soon rises while the training loss falls, so the model learns them by heart. Give it a longer text.
- [Two layers of 512 units](?chapter=r8&task=text&hidden=512&layers=2&length=60&batch=32&rate=0.002) are more than a page can
  train: connect to a training server, and give them a long text, of a million characters or so.
- Without [clipping](?chapter=r8&task=adding&cell=rnn&clip=0.0&rate=0.1&optimizer=sgd), at a high rate: the numbers overflow, and
  the message says where.

> An RNN is able to *represent* a long memory. What fails is learning it: the gradient that should tell an early step of a
> late error shrinks, or grows, with every step between them.
"""


def barred(name: str, parameters: int, remedy: str) -> str:
    """Why Play does nothing in this page, and what to do about it."""
    return f"{name} has {parameters:,} numbers to learn, too many to be trained in a page: {remedy}"
