"""Jobs on the machines of a class, or of a laboratory, by Dask; see the runner."""

from app.server.cluster.machine import ClusterMachine
from app.server.cluster.runner import DaskRunner

__all__ = ["ClusterMachine", "DaskRunner"]
