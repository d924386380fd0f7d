#pragma once
#include "deploy/compose/engine.h"
#include <string>
#include <string_view>

// Labels of containers: our own (see docs/deploy-compose.md), by which we find containers again, and compose's
// (docs.docker.com/compose).
namespace fairlead::deploy {

constexpr std::string_view project_label = "com.docker.compose.project", service_label = "com.docker.compose.service",
                           oneoff_label = "com.docker.compose.oneoff";
constexpr const char *role_of_prepare = "prepare", *role_of_release = "release";

std::string label(std::string_view name);                             // "dev.fairlead.slot"
std::string of_label(const Labels& labels, std::string_view name);    // empty: there is no such label
std::string labelled(std::string_view label, std::string_view value); // "dev.fairlead.slot=a", for a filter

}
