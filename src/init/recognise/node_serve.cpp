// Front ends that are built to files, and services that a start script starts.
#include "base/text.h"
#include "init/recognise/node_parts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

struct Builder {
    std::string_view program; // in the build script
    std::string_view dist;
};
constexpr Builder builders[] = {
    {"vite", "dist"},        {"react-scripts", "build"},  {"react-app-rewired", "build"},
    {"craco", "build"},      {"vue-cli-service", "dist"}, {"ng", "dist"},
    {"astro", "dist"},       {"parcel", "dist"},          {"gatsby", "public"},
    {"docusaurus", "build"}, {"webpack", "dist"},
};

const Builder* builder_of(const Node& node) {
    const auto build = node.script("build");
    for (const auto& builder : builders)
        if (mentions(build, builder.program)) return &builder;
    return nullptr;
}

bool is_front_end(const Node& node) {
    // A library of components is built by the same tools, and has an entry that others import.
    const bool library =
        node.package.contains("exports") || node.package.contains("main") || node.package.contains("module");
    const bool page = node.folder.has("index.html") || node.folder.has("public/index.html") ||
                      node.folder.has("src/index.html") || node.asks_for("astro") || node.asks_for("gatsby") ||
                      node.asks_for("@docusaurus/core");
    return page && !library;
}

// vite.config's build.outDir where it is a plain text.
std::string out_dir(Node& node, std::string_view fallback) {
    for (const auto* name : {"vite.config.ts", "vite.config.js", "vite.config.mjs"}) {
        const auto text = node.folder.text(name);
        const auto found = text.find("outDir:");
        if (found == text.npos) continue;
        const auto begin = text.find_first_of("'\"", found);
        const auto end = begin == text.npos ? begin : text.find(text[begin], begin + 1);
        if (end == text.npos || text.find('\n', found) < begin) continue;
        const auto value = text.substr(begin + 1, end - begin - 1);
        const bool plain = !value.empty() && value.find("..") == value.npos && !value.starts_with('/') &&
                           value.find_first_of("${} \\\n") == value.npos;
        if (plain) return value;
        node.folder.doubt(fmt::format(
            "{} builds into a folder outside of its own folder (outDir); name the folder in fairlead.yml", name));
    }
    return std::string(fallback);
}

bool has_server(const Node& node) {
    for (const auto* name :
         {"express", "fastify", "koa", "hono", "@hono/node-server", "@hapi/hapi", "@nestjs/core", "restify", "polka",
          "h3", "next", "nuxt", "@feathersjs/express", "apollo-server", "@apollo/server"})
        if (!at(node.package, std::string("/dependencies/") + replace_all(name, "/", "~1")).is_null()) return true;
    return false;
}

void add_services(Node& node) {
    struct Row {
        std::string_view package, service;
    };
    constexpr Row rows[] = {{"pg", "postgresql"},   {"postgres", "postgresql"}, {"redis", "redis"},
                            {"ioredis", "redis"},   {"bullmq", "redis"},        {"mysql2", "mysql"},
                            {"mysql", "mysql"},     {"mongodb", "mongodb"},     {"mongoose", "mongodb"},
                            {"amqplib", "rabbitmq"}};
    for (const auto& [package, service] : rows) {
        const bool own = at(node.package, "/dependencies").contains(std::string(package));
        if (own && !contains(node.component.services, service)) node.component.services.emplace_back(service);
    }
}

// node:http without a framework.
bool listens_itself(Node& node) {
    if (node.script("start").empty()) return false;
    auto names = node.folder.sources({".js", ".ts", ".mjs", ".cjs"});
    if (names.size() > 200) names.resize(200);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
        const auto text = node.folder.text(name);
        return text.find("http.createServer(") != text.npos || text.find("FAIRLEAD_SOCKET") != text.npos;
    });
}

// A starter that watches is for developers.
bool is_for_development(std::string_view command) {
    for (const auto* word : {"nodemon", "ts-node-dev", "--watch", "dev", "vite", "concurrently", "react-scripts", "ng"})
        if (mentions(command, word)) return true;
    return false;
}

void add_serve(Node& node) {
    auto& folder = node.folder;
    auto& component = node.component;
    std::string name;
    for (const auto* script : {"start:prod", "start:production", "serve:prod", "start"})
        if (name.empty() && !node.script(script).empty() && !is_for_development(node.script(script))) name = script;
    if (name.empty()) return take_container(folder, component, "");
    const auto script = node.script(name);
    const auto words = words_of(script);
    component.kind = Kind::service;
    const bool direct = is_plain_command(script) && !words.empty() && words.front() == "node";
    bool listens = false, knows_socket = false, as_number = false;
    auto sources = folder.sources({".js", ".ts", ".mjs", ".cjs"});
    if (sources.size() > 200) sources.resize(200);
    for (const auto& source : sources) {
        const auto text = folder.text(source);
        knows_socket |= text.find("FAIRLEAD_SOCKET") != text.npos;
        listens |= text.find("process.env.PORT") != text.npos;
        for (const auto* call : {"Number(process.env.PORT", "parseInt(process.env.PORT", "+process.env.PORT"})
            as_number |= text.find(call) != text.npos;
    }
    const bool by_framework =
        component.framework == "next" || component.framework == "fastify" || component.framework == "nest";
    component.by_port = !knows_socket && (as_number || component.framework == "next" || (by_framework && listens));
    // listen() of Node takes a path where a number is expected
    component.serve = {"env", component.by_port ? "PORT={port}" : "PORT={socket}"};
    const auto own = direct ? words : std::vector<std::string>{"npm", "run", name}; // whatever the manager is
    component.serve.insert(component.serve.end(), own.begin(), own.end());
    if (!component.by_port && !knows_socket && (by_framework || !listens))
        folder.doubt("$PORT and $FAIRLEAD_SOCKET of a deployment hold a socket, not a number; check that the program "
                     "listens there (server.listen(process.env.FAIRLEAD_SOCKET))");
}

}

void serve_node(Node& node) {
    auto& component = node.component;
    take_procfile(node.folder, component, "");
    const auto build = node.script("build");
    const auto* builder = builder_of(node);
    if (component.kind != Kind::service && builder != nullptr && is_front_end(node)) {
        component.kind = Kind::site;
        component.dist = out_dir(node, builder->dist);
        if (builder->program == "ng")
            node.folder.doubt("Angular builds into dist/NAME/browser; serve that folder instead of dist");
    } else if (component.kind != Kind::service && !node.holds_workspaces &&
               (has_server(node) || listens_itself(node))) {
        add_serve(node);
    }
    if (!build.empty()) {
        component.build = step("build", {node.run("build")}, "package.json: scripts.build");
        if (component.kind == Kind::site) component.ignored.push_back(component.dist + "/");
    }
    if (component.kind == Kind::service) add_services(node);
}

}
