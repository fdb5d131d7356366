"""Item statistics: what an exam says about its questions. Plain functions over one table of responses."""
