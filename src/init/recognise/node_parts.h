#pragma once
#include "init/recognise/recogniser.h"
#include "sys/data/json.h"

// What node.cpp reads once, for the files that decide from it.
namespace fairlead::init {

struct Node {
    Folder& folder;
    Component& component;
    Json package = {};   // package.json
    std::string up = {}; // from the folder to the workspace's root: "../.."; empty: it is its own
    bool berry = false;  // yarn 2 and later
    // What starts the manager. All but npm come by npx in the version that packageManager names: corepack is no part of
    // Node from 25 on.
    std::vector<std::string> manager = {"npm"};
    bool holds_workspaces = false;

    bool asks_for(std::string_view name) const; // in any of its dependencies
    std::string version_of(std::string_view name) const;
    std::string script(std::string_view name) const; // empty: none
    // The manager's words that run a script with more arguments, and a program of node_modules/.bin.
    std::vector<std::string> run(const std::string& script, const std::vector<std::string>& more = {}) const;
    std::vector<std::string> exec(const std::vector<std::string>& words) const;
};

void install_node(Node& node);
void test_node(Node& node);  // node_tests.cpp
void serve_node(Node& node); // node_serve.cpp: service or site, and its build

}
