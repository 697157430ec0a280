"""Examples that run: `deskgraph serve --hooks examples.support_hooks`."""
