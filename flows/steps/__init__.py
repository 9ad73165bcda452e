"""Parts that several flows share; none is a flow of its own."""
