import os

os.environ.setdefault("ENVIRONMENT", "test")
