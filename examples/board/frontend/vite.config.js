import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = "http://127.0.0.1:8000"; // of `docker compose up`, or of uvicorn by hand

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": api, "/ws": { target: api, ws: true } } },
});
