"""The prose of C9."""

LEAD = """
The networks that made history, each drawn from its description: what goes in, what comes out, what it **costs**. Choose
one, walk through its layers, open any number. Then **edit** a layer, and see what follows, or why it cannot be.
"""

NOTES = """
## Try this

- Give the first convolution of LeNet-5 [a stride of 4](?chapter=c9&net=lenet5&edits=0s4). Two layers later the picture is too
  small for the kernel. The message says which size would do; which strides fit is found by trying.
- Remove [the last pool of VGG-16](?chapter=c9&net=vgg16&layer=30&edits=30x). No convolution grows by a single weight, but the
  first dense layer gets four times as many.
- In a residual block, branches are added number by number, so they must agree: change the channels of
  [one convolution of ResNet-18](?chapter=c9&net=resnet18&layer=4.0.3&edits=4.0.3c32). Then remove a whole block; nothing breaks.
- Sort *Side by side* by parameters, then by multiply-adds. The two orders differ: what is large need not be slow.

## Where the parameters are

> Dense layers are often the most expensive part. Of [VGG-16](?chapter=c9&net=vgg16&layer=32)'s 138.4 million parameters,
> 123.6 million lie in its three dense layers. Its multiply-adds lie elsewhere, in the convolutions, which use each weight at
> every position. GoogLeNet and ResNet end with a global average instead, and one small dense layer.

## Pictures, not sequences

> Convolutions and pools work on the *spatial* structure of an image. Temporal structure is a matter of video and of
> sequences.

A multiply-add is one product of a weight and an input, added up. Biases, activations, pools and normalisations are not
counted, as is usual. Memory is that of 32-bit numbers, for one picture.
"""

SCALE = "Height: rows of the maps. Width: channels. Both grow with the square root."
