#include "base/text.h"
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::init {

namespace {

bool asks_for(const Json& manifest, std::string_view crate) {
    for (const auto* section : {"/dependencies", "/workspace/dependencies"})
        if (at(manifest, section).contains(std::string(crate))) return true;
    return false;
}

bool has_rust_tests(Folder& folder) {
    if (!folder.below("tests").empty()) return true;
    auto names = folder.below();
    std::erase_if(names, [](const auto& name) { return !name.ends_with(".rs"); });
    if (names.size() > 300) names.resize(300);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return name.find("tests/") != name.npos || folder.text(name).find("#[test]") != std::string::npos;
    });
}

// It was told where a deployment wants it to listen, and does.
bool mentions_socket(Folder& folder) {
    auto names = folder.sources({".rs"});
    if (names.size() > 300) names.resize(300);
    return std::any_of(names.begin(), names.end(), [&](const auto& name) {
        return folder.text(name).find("FAIRLEAD_SOCKET") != std::string::npos;
    });
}

void add_format(Component& component) {
    if (!component.lint) component.lint = step("lint", {}, "rustfmt.toml, clippy.toml");
    component.lint->commands.insert(component.lint->commands.begin(), {"cargo", "fmt", "--all", "--check"});
}

// libtest writes JUnit itself (since Rust 1.57, still behind a switch of nightly's, which RUSTC_BOOTSTRAP allows): one
// document per test binary, one after the other. Documents' tests are not among them, they run by themselves.
void add_tests(Folder& folder, Component& component, bool several) {
    std::vector<std::string> all = {"cargo", "test"};
    if (several) all.push_back("--workspace");
    auto doc = all;
    doc.push_back("--doc");
    const std::string run =
        join(all, " ") + " --tests --no-fail-fast --quiet -- -Z unstable-options --format junit > reports/junit.xml";
    component.test = step("test", {{"mkdir", "-p", "reports"}, {"sh", "-c", run}}, "Cargo.toml");
    component.test->variables = {{"RUSTC_BOOTSTRAP", "1"}};
    const auto names = folder.below();
    if (std::any_of(names.begin(), names.end(), [](const auto& name) { return name.ends_with("src/lib.rs"); }))
        component.lint = step("lint", {doc}, "doc tests, which are in no report");
    component.evidence = {{"tests", "reports/junit.xml"}};
    component.ignored.push_back("reports/");
    if (!has_rust_tests(folder)) folder.doubt("no #[test] was found; gate has nothing to judge until there is a test");
}

}

bool describe_rust(Folder& folder, Component& component) {
    const auto manifest = folder.toml("Cargo.toml");
    if (!manifest.is_object()) return folder.is_root();
    const bool several = manifest.contains("workspace");
    component.manager = "cargo";
    const auto toolchain = folder.first({"rust-toolchain.toml", "rust-toolchain"});
    component.runtime.version_file = toolchain;
    component.install = step("install", {{"cargo", "fetch"}}, folder.has("Cargo.lock") ? "Cargo.lock" : "Cargo.toml");
    if (folder.has("Cargo.lock")) component.install->commands.front().push_back("--locked");
    add_tests(folder, component, several);
    if (!folder.first({"rustfmt.toml", ".rustfmt.toml", "clippy.toml", ".clippy.toml"}).empty()) add_format(component);
    const auto names = folder.below();
    const auto main = std::find_if(names.begin(), names.end(), [](const auto& name) {
        return (name == "src/main.rs" || name.ends_with("/src/main.rs") || name.find("src/bin/") != name.npos) &&
               is_own(name.substr(0, name.rfind('/') + 0).substr(0, name.find("src/") == 0 ? 0 : name.find("/src/")));
    });
    component.kind = main != names.end() || manifest.contains("bin") ? Kind::program : Kind::library;
    std::string name = sys::text_of(at(manifest, "/package"), "name");
    if (const auto bins = manifest.is_object() && manifest.contains("bin") ? manifest["bin"] : Json();
        bins.is_array() && !bins.empty() && !sys::text_of(bins[0], "name").empty())
        name = sys::text_of(bins[0], "name");
    component.build = step("build", {{"cargo", "build", "--release"}}, "Cargo.toml");
    if (several) component.build->commands.front().push_back("--workspace");
    if (component.kind == Kind::program)
        for (const auto* crate :
             {"axum", "actix-web", "rocket", "warp", "poem", "salvo", "tide", "tonic", "tiny_http", "hyper", "rouille"})
            if (asks_for(manifest, crate)) {
                component.framework = crate;
                component.kind = Kind::service;
                break;
            }
    const bool knows_socket = component.kind != Kind::library && mentions_socket(folder);
    if (knows_socket) component.kind = Kind::service;
    if (component.kind == Kind::service && !name.empty() && plain_name(name) == replace_all(lower(name), "_", "-"))
        component.serve = {"./target/release/" + name};
    if (component.kind == Kind::service && !knows_socket)
        folder.doubt("a deployment gives the program a socket in $FAIRLEAD_SOCKET; let the program listen there "
                     "(tokio::net::UnixListener)");
    for (const auto* crate : {"sqlx", "diesel", "tokio-postgres", "postgres"})
        if (component.kind == Kind::service && asks_for(manifest, crate) && !contains(component.services, "postgresql"))
            component.services.emplace_back("postgresql");
    if (component.kind == Kind::service && !folder.below("migrations").empty())
        folder.doubt("migrations/ is here, but a deployment does not run it; put its command into "
                     "deploy.target.prepare of fairlead.yml");
    component.ignored.push_back("target/");
    return true;
}

}
