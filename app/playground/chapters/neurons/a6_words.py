"""The prose of A6."""

LEAD = """
One step of training, on a copy: **forward** to the output, the **loss**, **backward** by the chain rule, and the
**update**. Walk through it with *Next number*, open any number on the way, and take the step or drop it. Or switch
to **by hand** and compute it yourself.
"""

NOTES = """
## Try this

- Compare each gradient with the number *by trying* beside it: the weight was moved a little each way, and the loss computed
  anew. Two ways to the same number, and only one of them is fast.
- Open ∂L/∂w₁. It is a product along one path: from the loss to o₁, through h₁, to the weight.
  With [three samples](?chapter=a6&x=2.0~3.0~-1.0~0.5~1.0~-2.0&y=1.0~0.0~1.0) it is a sum of three such products.
- [By hand](?chapter=a6&hand=1) with new numbers: pencil, paper, and a calculator. A wrong number is answered with what may
  have gone wrong.

## One path, or many

> In this network every weight of a hidden neuron reaches the loss by a single path, so that its gradient is one product per
> sample. In deeper networks there are many paths, and the gradient is the **sum over all of them**.

All gradients are computed with the weights from *before* the update, and only then do all weights move at once.
"""
