from crossfoot.cli.desk import Desk


async def demo(desk: Desk) -> None:
    """X"""
