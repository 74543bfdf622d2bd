"""What the page and the training server say to each other, over one WebSocket at PATH.

Each message is a frame of app.protocol.frames, an object with a `type`; a large one is sent as
app.protocol.pieces says. A page that connects offers
two sub-protocols, SUBPROTOCOL and `key.` with the token or the pairing code; the server answers
with the first, or closes at once with a code of CLOSED that tells why. A message with an `id` (any
text of the sender's) gets exactly one answer with that id: what is named below, or `error`.

From the page:

    hello    {version, learner, jobs: [{job, after}]}   always first. learner: a random text, the
             same for all connections of one learner; jobs: those that it comes back to, with the
             last `seq` that it has seen
    upload   {id, sha256, total, offset}, bytes          the next piece of a file, in `bytes` (U8)
    open     {id, sha256, kind, options}                 read an uploaded file as data;
             options.more: hashes of further files that belong to it, such as labels of pictures
    submit   {id, network, train, data, engine, play, checkpoint}, arrays
             data: {spec: DataSpec} or {opened: sha256, kind, options}; engine: a name or "auto";
             checkpoint: None to start afresh, or what core.checkpoint says, with its arrays
    play, pause, cancel {id, job}
    step     {id, job, count}                            so many batches, then pause
    tune     {id, job, train}
    look     {id, job, whole}                            asks for where training stands
    ping     {id}

From the server:

    welcome  {version, token, engines: [{name, device, usable, reason}], limits, jobs}
    done     {id}                                        an order that was obeyed
    received {id, sha256, offset}                        so much of the file is there
    opened   {id, sha256, facts}, arrays                 what was read, and some samples of it
    accepted {id, job, position}                         0: it runs next
    state    {job, seq, state, position, engine, device, text}
    progress {job, seq, step, epoch, batch, num_batches, loss, scored, train, test,
             steps_per_second}
    snapshot {id, job, checkpoint, …progress}, arrays    the answer to `look`
    pong     {id}
    error    {id, reason, text, retry_after}             reason: one of REASONS

States: waiting, running, paused, and the ends done, cancelled, failed (`text` says why). `state`
is never dropped and its `seq` counts up by one for each job; of `progress` only the latest counts,
so a slow reader misses some. Nothing is sent that was not asked for but these two. Of a job that
one comes back to, the last 1000 states are sent again.

A job waits until there is a place for it; `position` counts those that run before it, as far as is
known. Then it is running, or paused if `play` was false: `engine` and `device` are empty until they
are known, and are told by one more `state`. Training that diverges is paused and `text` says why;
it can be looked at, but not go on. `step` takes its batches and is then paused, whatever it was
before. A job that has taken the most steps, or was there for the longest time, that `limits` let it
is done. So is one that was paused for `idle_s`, or had its place for `turn_s`, while another
learner waits, or is paused while its own learner waits with another one, or has no page while
anybody waits; `text` says which. Its last checkpoint can be looked at for a while after its end,
unless it failed. Waiting jobs can be told to play, pause, tune and cancel; running and paused ones
all; ended ones none.

In `progress` and `snapshot`, train and test are {loss, metric} of up to 300 samples each, metric
being what core.snapshot.Score says, or null where there are none, at the step `scored`, which may
be some steps ago; `loss` is the mean of the batches
since the progress before. A number that is not finite, or not known yet, is null.

A look that is not `whole` lacks the arrays whose names begin with one of MORE, which only training
needs: with those of a snapshot of its own the page makes it a checkpoint again.
"""

PATH = "/train"
SUBPROTOCOL = "glassnet.1"
KEY_PREFIX = "key."
CLOSED = {"key": 4401, "origin": 4403, "version": 4426, "full": 4429, "protocol": 4400,
          "ended": 1001}  # by WebSockets' own code for a server that goes away  # fmt: skip
REASONS = ("invalid", "limit", "busy", "unknown", "state", "engine", "storage", "internal")
STATES = ("waiting", "running", "paused", "done", "cancelled", "failed")
MORE = ("gradients", "order", "slot.")  # of a checkpoint
# How engines are called where people read of them.
LABELS = {"torch": "PyTorch", "webgpu": "WebGPU", "numpy": "NumPy"}
ENDS = ("done", "cancelled", "failed")
