"""Why the camera cannot be used; the browser reports it before and after Start is pressed."""

from typing import Final

import streamlit as st

_SCRIPT: Final = """
export default function ({ setStateValue, parentElement }) {
  const report = async () => {
    let state = "ready";
    if (!window.isSecureContext || !navigator.mediaDevices) {
      state = "insecure";
    } else {
      const devices = await navigator.mediaDevices.enumerateDevices();
      if (!devices.some((device) => device.kind === "videoinput")) state = "missing";
      try {
        const permission = await navigator.permissions.query({ name: "camera" });
        permission.onchange = report;
        if (permission.state === "denied") state = "refused";
      } catch {
        // this browser does not know; the stream will report it
      }
      navigator.mediaDevices.ondevicechange = report;
    }
    if (parentElement.reportedCamera === state) return;
    parentElement.reportedCamera = state;
    setStateValue("camera", state);
  };
  report();
}
"""
_SENTENCES: Final = {
    "insecure": (
        "Browsers allow cameras only on secure addresses. Open Cue by the address "
        "that starts with http://localhost, on the machine that runs it, or serve it over https."
    ),
    "missing": "No camera was found. Connect one, and this page will notice it.",
    "refused": (
        "The browser blocks the camera on this page. Click the camera or lock icon in the address "
        "bar, allow the camera, then press Start."
    ),
}

_check = st.components.v2.component("camera_check", js=_SCRIPT)


def camera_problem() -> str | None:
    """Return why the camera cannot be used, or None. This does not ask for permission."""
    answer = _check(key="camera-check", default={"camera": "ready"}, on_camera_change=lambda: None)
    return _SENTENCES.get(answer.camera)
