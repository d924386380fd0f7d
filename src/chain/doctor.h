#pragma once
#include "chain/chain.h"
#include "report/report.h"
#include <string>
#include <vector>

// `fairlead doctor`: what this machine must have for what fairlead.yml asks, and how to get it.
namespace fairlead::chain {

struct Need {
    std::string program; // looked for in PATH (ours: beside this one, too), or an absolute path
    std::string why;
    std::string way_out; // a command to run, or a sentence
    bool required = true;
    std::string python = {}; // not a program, but a module of this one
};

std::vector<Need> needs(const config::Config& config, const std::vector<Step>& steps);

// Looks for each, for modules from `folder`; fail when a required one is missing.
report::Report examine(const std::vector<Need>& needs, const std::string& folder);

}
