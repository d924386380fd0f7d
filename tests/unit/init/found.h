#pragma once
#include "base/text.h"
#include "init/project.h"
#include <map>
#include <string>

// What is recognised in a project of a few files, in memory.
namespace fairlead::init {

using Texts = std::map<std::string, std::string>;

inline Project found(const Texts& texts, const std::string& name = "shop") {
    Files files;
    for (const auto& [path, text] : texts) files.paths.push_back(path);
    files.tracked = files.paths;
    files.read = [&](const std::string& path) -> std::optional<std::string> {
        const auto at = texts.find(path);
        return at == texts.end() ? std::nullopt : std::optional(at->second);
    };
    return recognise(name, files);
}

inline Component only(const Texts& texts) {
    const auto project = found(texts);
    return project.components.size() == 1 ? project.components.front()
                                          : Component{"not one", std::to_string(project.components.size())};
}

// All commands of a step, one per line.
inline std::string commands(const std::optional<Step>& step) {
    std::string text;
    if (step)
        for (const auto& words : step->commands) text += join(words, " ") + "\n";
    return text;
}

inline std::string doubts(const Component& component) { return join(component.doubts, "\n"); }
inline bool says(const Component& component, std::string_view words) {
    return doubts(component).find(words) != std::string::npos;
}
inline std::string evidence(const Component& component) {
    std::string text;
    for (const auto& one : component.evidence) text += one.kind + "=" + one.path + " ";
    return text;
}

}
