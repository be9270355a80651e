"""What needs the site's models: each module runs as `python -m benchmarks.inside.<name>` and prints JSON.

Processes of their own, so that the client that measures holds no Django.
"""

import django

django.setup()
