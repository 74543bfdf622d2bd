import panel as pn, param
from bokeh.plotting import figure
class T(pn.custom.JSComponent):
    n = param.Integer(default=0)
    _esm = """export function render({model}) { const b = document.createElement('button'); b.id='tb'; b.textContent = 'n='+model.n; b.onclick=()=>model.send_msg({a:1}); model.on('n',()=>{b.textContent='n='+model.n}); return b }"""
    def _handle_msg(self, msg):
        self.n += 1
class App:
    def __init__(self, query, checkpoint=None, frame=None):
        self.t = T()
        f = figure(height=200,width=300); self.l = f.line([1,2],[1,2])
        self.f = pn.pane.Bokeh(f)
    def add_to(self, document):
        roots = {}
        for slot, view in (('stage', pn.Column(self.t, self.f)),):
            model = view.get_root(document)
            document.add_root(model)
            roots[model.id] = f'slot-{slot}'
        return roots
