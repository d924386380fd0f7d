// hostile: rendered values
#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "deploy/routers/nginx_render.h"
#include "report/github.h"
#include "report/printable.h"
#include <cstdint>
#include <cstdlib>
#include <filesystem>

using namespace fairlead;

namespace {

// Words and blocks as nginx reads them (src/core/ngx_conf_file.c), by another hand than the writer's: each line of the
// rendered file has to have the words that it was meant to have, whatever the values hold.
std::vector<std::vector<std::string>> statements(std::string_view text) {
    std::vector<std::vector<std::string>> all(1);
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '#') {
            while (i < text.size() && text[i] != '\n') ++i;
        } else if (c == ';' || c == '{' || c == '}') {
            depth += c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth < 0) std::abort();
            all.back().emplace_back(1, c);
            all.emplace_back();
        } else if (c == '"' || c == '\'') {
            std::string word;
            for (++i; i < text.size() && text[i] != c; ++i) {
                if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == c || text[i + 1] == '\\')) ++i;
                word += text[i];
            }
            if (i >= text.size()) std::abort(); // a quote that never closes
            all.back().push_back(word);
        } else if (c != ' ' && c != '\n') {
            if (c < ' ' || c == '\\') std::abort();
            std::string word;
            while (i < text.size() && std::string_view(" \n;{}").find(text[i]) == std::string_view::npos)
                word += text[i++];
            --i;
            all.back().push_back(word);
        }
    }
    if (depth != 0 || !all.back().empty()) std::abort();
    all.pop_back();
    return all;
}

}

// Values of a change's fairlead.yml, in a router's configuration: refused, or each is one word in its place. systemd's
// words give back what they were made of, in one line.
extern "C" int fuzz_deploy_rendered(const std::uint8_t* data, std::size_t size) {
    const auto parts = split(std::string_view(reinterpret_cast<const char*>(data), size), '\0');
    const auto part = [&](std::size_t i) { return i < parts.size() ? parts[i] : std::string(); };
    deploy::Settings settings;
    settings.root = "/" + part(0);
    settings.url = part(1);
    settings.app = part(2).empty() ? "shop" : part(2);
    settings.environment = part(3).empty() ? "staging" : part(3);
    if (const auto rendered = deploy::render_nginx(settings); rendered.ok()) {
        static const std::size_t expected = [] {
            deploy::Settings plain;
            plain.app = plain.environment = "a";
            plain.root = "/srv/a";
            plain.url = "http://a";
            return statements(deploy::render_nginx(plain).value()).size();
        }();
        const auto read = statements(rendered.value());
        const bool tls = lower(settings.url).starts_with("https:");
        if (read.size() != expected || read[0].size() != 3 || read[0][0] != "upstream") std::abort();
        if (read[1].size() != 4 ||
            read[1][1] != "unix:" + (std::filesystem::path(settings.root) / "run/current.sock").string())
            std::abort();
        for (const auto& statement : read) {
            if (statement[0] == "listen" && statement.size() != (tls ? 4u : 3u)) std::abort();
            if (statement[0] == "server_name" && statement.size() != 3) std::abort();
            if (statement[0] == "include" || statement[0].starts_with("load_module")) std::abort();
        }
    }
    const auto word = deploy::quote_for_systemd(part(0));
    if (word.size() < 2 || word.front() != '"' || word.back() != '"' || word.find('\n') != word.npos) std::abort();
    std::string back;
    for (std::size_t i = 1; i + 1 < word.size(); ++i) {
        if (word[i] == '"') std::abort();
        const bool pair = word[i] == '\\' || word[i] == '%' || word[i] == '$';
        if (pair && ++i + 1 >= word.size()) std::abort();
        back += pair && word[i - 1] == '\\' && word[i] == 'n' ? '\n' : word[i];
    }
    if (back != part(0)) std::abort();

    // A cell of a Markdown table stays one, and a terminal gets no order.
    const auto cell = report::escape_markdown(part(1));
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (cell[i] == '\n' || cell[i] == '<') std::abort();
        if (cell[i] == '|' && (i == 0 || cell[i - 1] != '\\')) std::abort();
    }
    const auto shown = report::one_line(part(1));
    for (const char c : shown)
        if ((c >= 0 && c < ' ' && c != '\t') || c == 0x7F) std::abort();
    return 0;
}
