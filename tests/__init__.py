"""What Python compiles is kept, also where the environment says not to: the tests start the program a hundred times
and more, and compiling everything takes twice as long as such a start. A fresh checkout has nothing compiled."""

import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
