"""OpenAI, and every server that speaks its chat completions: language models over an aiohttp client of ours."""
