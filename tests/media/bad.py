"""Files that are no tracks."""

from pathlib import Path

__all__ = ["empty", "playlists", "text"]


def empty(to: Path) -> Path:
    """Zero bytes."""
    to.write_bytes(b"")
    return to


def text(to: Path) -> Path:
    """Prose."""
    to.write_text("These are the minutes, not the recording.\n" * 200, encoding="utf-8")
    return to


def playlists(target: str) -> dict[str, str]:
    """Playlists that make an unguarded libavformat open the neighbouring file `target`, by kind."""
    return {
        "concat": f"ffconcat version 1.0\nfile {target}\n",
        "hls": (
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:200\n"
            f"#EXTINF:149.0,\n{target}\n#EXT-X-ENDLIST\n"
        ),
        "dash": (
            '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
            'mediaPresentationDuration="PT149S"><Period><AdaptationSet mimeType="audio/webm">'
            '<Representation id="0" bandwidth="32000">'
            f"<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>"
        ),
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    }
