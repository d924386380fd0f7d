#pragma once
#include <string>
#include <string_view>

namespace fairlead::init {

// Base images with digests; docs/production-kit.md lists them with their month. `version`: of the language, if the
// project pins it ("3.12", "22.1.0"); empty: the newest. A version without a digest here is named by its tag only.
struct Image {
    std::string reference; // python:3.13.15-slim-bookworm@sha256:...
    bool pinned = false;
};
Image image_of(std::string_view kind, std::string_view version = ""); // python, node, nginx, caddy, postgres, redis

}
