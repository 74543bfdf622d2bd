"""What C8 says around its stage."""

LEAD = """
A convolutional network learns to read digits: press **Play**, and watch its kernels and feature maps change. Select any map,
any unit, any number, and see what it is made of, back to the pixels.
"""

NOTES = """
## Try this

- Play, and pause when most test digits are right. Then select a picture among the *worst mistakes*, and go through its layers:
  where does it look like another digit?
- Select a cell of the confusion matrix beside the diagonal: these are the digits that are taken for one another.
- [Draw a digit yourself](?chapter=c8&look=drawn), and watch it go through every layer. Draw it too small, aslant, with a gap:
  what does the network take it for?
- Pause, choose a map of *conv 1*, and [switch it off](?chapter=c8&off=0u1) in the settings: every map behind it changes, and the
  test digits are scored without it. Which one can the network do without?
- See *where it looks*: does covering a part make it less sure, or surer?
- LeNet-5 itself learns [digits of 28 × 28](?chapter=c8&net=lenet5). It has 61,706 parameters, and one epoch takes longer.

## Which pool, which activation

> No pool is best for everything. LeNet averages; averaging cuts noise that is zero on the mean, while the largest value keeps what
> stands out. Try [max pooling](?chapter=c8&pool=max), then [both](?chapter=c8&pool=max&noise=0.3) with
> [noise](?chapter=c8&noise=0.3). Either way, a picture moved by a pixel changes the maps a little less; turned, it is another picture.

> A picture has *spatial* structure: neighbours belong together, and a kernel uses that. It has no order in time; that is a matter of
> video and of sequences.

## Your own pictures

Choose a pair of IDX files below the stage, such as those of MNIST, and the network starts afresh with them. They leave this page
only for a training server that you connect to and let train.

A training server also takes CIFAR-10, or a zip with a folder of photographs for each class. Pictures in colour are three planes,
red, green and blue, and so is each kernel of the first layer: it is shown as a small picture, bright in the colour that it looks for.

The network learns from the training digits only, and the scores are those of the test digits, which it never sees. They are worked out
between the steps, a few digits at a time, so *scored at step* may lie a little behind.
"""
