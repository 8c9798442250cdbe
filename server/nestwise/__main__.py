"""`python -m nestwise` is the same command as `nestwise`."""

from nestwise.cli import main

raise SystemExit(main())
