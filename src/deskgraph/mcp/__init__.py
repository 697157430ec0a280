"""The desk over the Model Context Protocol: the tools `search`, `fetch` and `do`, by HTTP and by stdio."""
