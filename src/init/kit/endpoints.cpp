#include "init/kit/endpoints.h"
#include "base/text.h"
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace fairlead::init {

namespace {

constexpr const char* methods[] = {"get", "head", "post", "put", "patch", "delete"};
constexpr std::size_t most = 200; // rows; whoever has more reads the document itself

// One line of a table's cell.
std::string cell(std::string text) {
    text = text.substr(0, text.find_first_of("\r\n"));
    for (const auto* mark : {"|", "`", "<", ">"}) text = replace_all(text, mark, "");
    return std::string(trim(text));
}

void add(std::vector<Endpoint>& all, const std::string& method, const std::string& path, Endpoint more) {
    if (!path.starts_with('/') || all.size() == most) return; // another host's
    more.address = upper(method) + " " + cell(path.substr(0, path.find_first_of("?#")));
    const auto same =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.address == more.address; });
    if (same == all.end()) {
        all.push_back(std::move(more));
        return;
    }
    if (same->max.empty()) same->max = more.max;
}

void add_checks(std::vector<Endpoint>& all, const config::Config& config) {
    if (!config.present()) return;
    for (const auto& check : config.section("smoke", "production")["checks"].items())
        for (const auto* method : methods)
            if (check[method].present())
                add(all, method, check[method].text(),
                    {.what = cell(check["name"].text()), .max = cell(check["expect"]["max"].text())});
}

std::string text_in(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void add_document(std::vector<Endpoint>& all, const std::string& text) {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("paths") || !document["paths"].is_object()) return;
    for (const auto& [path, operations] : document["paths"].items())
        for (const auto* method : methods)
            if (operations.is_object() && operations.contains(method) && operations[method].is_object())
                add(all, method, path, {.what = cell(text_in(operations[method], "summary"))});
}

}

std::vector<Endpoint> endpoints_of(const config::Config& config, const std::vector<std::string>& documents) {
    std::vector<Endpoint> all;
    add_checks(all, config);
    for (const auto& document : documents) add_document(all, document);
    return all;
}

}
