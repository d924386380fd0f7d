#pragma once
#include <string>
#include <string_view>

namespace fairlead::init {

// Base images by digest, as docs/production-kit.md lists them with the month they are of. `version`: of the language,
// as far as the project pins it ("3.12", "22.1.0"); empty: the newest. A version that has no digest here comes by its
// tag alone.
struct Image {
    std::string reference; // python:3.13.15-slim-bookworm@sha256:...
    bool pinned = false;
};
Image image_of(std::string_view kind, std::string_view version = ""); // python, node, nginx, caddy, postgres, redis

}
