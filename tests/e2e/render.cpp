#include "deploy/routers/nginx_render.h"
#include <cstdio>
#include <iostream>
#include <iterator>
#include <string>

// For rendered.py: root, url, app and environment, each ended by NUL, again and again on standard input; for each the
// router's configuration, empty where it was refused, ended by NUL.
int main() {
    const std::string all{std::istreambuf_iterator<char>(std::cin), {}};
    std::string fields[4];
    std::size_t at = 0, field = 0;
    while (at < all.size()) {
        const auto end = all.find('\0', at);
        fields[field++] = all.substr(at, end - at);
        if (end == std::string::npos) break;
        at = end + 1;
        if (field < 4) continue;
        field = 0;
        fairlead::deploy::Settings settings;
        settings.root = fields[0];
        settings.url = fields[1];
        settings.app = fields[2];
        settings.environment = fields[3];
        const auto text = fairlead::deploy::render_nginx(settings);
        const std::string bytes = text.ok() ? text.value() : "";
        std::fwrite(bytes.c_str(), 1, bytes.size() + 1, stdout);
    }
}
