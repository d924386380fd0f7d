// A machine of tests: files in a map, programs as scripted, and a list of all that was done to it, in order. Nothing
// runs on it that is not its own: who needs processes derives from it.
#pragma once
#include "base/text.h"
#include "sys/host.h"
#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace fairlead::test {

class FakeHost : public sys::Host {
  public:
    explicit FakeHost(sys::Path root) : root_(std::move(root)) {}

    struct Node {
        sys::FileType type = sys::FileType::file;
        std::string text; // of a file; where a link leads
        unsigned mode = 0;
    };
    std::map<std::string, Node> nodes; // by the path below the root
    std::vector<std::string> did;      // "write slots/b/env", "start slots/b"; asking changes nothing
    std::string failing;               // what of that fails
    std::vector<sys::Command> commands;
    sys::Output output; // of commands
    std::vector<sys::Pipeline> pipelines;
    std::string poured;         // by the last stage of pipelines, to a sink or a file
    std::string drawn;          // by the first one, from a text, a file or a source
    sys::PipelineOutput ending; // of pipelines; without stages all are well

    std::string name(const sys::Path& path) const { return path.lexically_relative(root_).generic_string(); }
    bool has(const std::string& path) const { return nodes.contains(path); }
    void folder(const std::string& path) { nodes[path] = {sys::FileType::folder, "", 0755}; }

    sys::FileInfo inspect(const sys::Path& path) override {
        const auto found = nodes.find(name(path));
        if (found == nodes.end()) return {};
        return {.type = found->second.type, .size = found->second.text.size(), .mode = found->second.mode};
    }
    Result<std::string> read_file(const sys::Path& path) override { return text_of(path, sys::FileType::file); }
    Result<std::string> read_link(const sys::Path& path) override { return text_of(path, sys::FileType::link); }
    Result<std::vector<std::string>> list_folder(const sys::Path& path) override {
        std::vector<std::string> names;
        for (const auto& [file, node] : nodes)
            if (sys::Path(file).parent_path() == sys::Path(name(path) == "." ? "" : name(path)))
                names.push_back(sys::Path(file).filename().string());
        return names;
    }
    Result<void> write_file(const sys::Path& path, std::string_view bytes, unsigned mode) override {
        TRY_VOID(act("write " + name(path)));
        nodes[name(path)] = {sys::FileType::file, std::string(bytes), mode};
        return {};
    }
    Result<void> replace_symlink(const sys::Path& target, const sys::Path& link) override {
        TRY_VOID(act("link " + name(link) + " to " + target.string()));
        nodes[name(link)] = {sys::FileType::link, target.string(), 0777};
        return {};
    }
    Result<void> replace_symlinks(const sys::Path& folder, const std::vector<sys::Link>& links) override {
        for (const auto& link : links) TRY_VOID(replace_symlink(link.target, folder / link.name));
        return {};
    }
    Result<void> make_folders(const sys::Path& path, unsigned mode) override {
        TRY_VOID(act("make " + name(path)));
        nodes[name(path)] = {sys::FileType::folder, "", mode};
        return {};
    }
    Result<void> make_open_folders(const sys::Path& path) override { return make_folders(path, 0755); }
    Result<void> rename_path(const sys::Path& from, const sys::Path& to) override {
        TRY_VOID(act("rename " + name(from) + " to " + name(to)));
        nodes[name(to)] = nodes[name(from)];
        nodes.erase(name(from));
        return {};
    }
    Result<void> remove_tree(const sys::Path& path) override {
        TRY_VOID(act("remove " + name(path)));
        const auto top = name(path);
        std::erase_if(nodes, [&](const auto& node) { return node.first == top || node.first.starts_with(top + "/"); });
        return {};
    }

    Result<sys::Output> run(const sys::Command& command) override {
        commands.push_back(command);
        TRY_VOID(act("run " + sys::Path(command.argv[0]).filename().string()));
        return output;
    }
    Result<sys::PipelineOutput> run_pipeline(const sys::Pipeline& pipeline) override {
        pipelines.push_back(pipeline);
        std::vector<std::string> names;
        for (const auto& stage : pipeline.stages) names.push_back(sys::Path(stage.argv[0]).filename().string());
        TRY_VOID(act("run " + join(names, " | ")));
        TRY_VOID(draw(pipeline));
        auto end = ending;
        for (std::size_t i = end.stages.size(); i < names.size(); ++i) end.stages.push_back({.name = names[i]});
        const auto* file = std::get_if<sys::ToFile>(&pipeline.output);
        if (file && !end.failed) nodes[name(file->path)] = {sys::FileType::file, poured, file->mode};
        if (const auto* sink = std::get_if<sys::PieceSink>(&pipeline.output)) {
            constexpr std::size_t largest = 64u << 10;
            for (std::string_view rest = poured; !rest.empty(); rest.remove_prefix(std::min(rest.size(), largest)))
                TRY_VOID((*sink)(rest.substr(0, largest)));
            end.bytes = poured.size();
        }
        return end;
    }

    Result<bool> make_socket_folder(const std::string& path, const sys::SocketFolder&) override {
        TRY_VOID(act("make " + name(path)));
        return true;
    }
    Result<sys::SocketUse> socket_use(const std::string&, int) override { return sys::SocketUse{}; }
    Result<sys::SocketUse> tcp_use(const std::string&, int) override { return sys::SocketUse{}; }
    Result<std::string> ask_socket(const std::string& path, std::string_view, Milliseconds) override {
        return could_not("no " + path);
    }
    Result<void> start_detached(const sys::Detached& detached) override { return act("start " + detached.argv[0]); }
    bool is_locked(const sys::Path&) override { return false; }
    bool keeps_lock(const sys::ProcessId&, const sys::Path&) override { return false; }
    std::optional<sys::ProcessId> detached_process(const sys::Path&) override { return std::nullopt; }
    std::optional<sys::ProcessId> detached_as(const std::vector<std::string>&) override { return std::nullopt; }
    std::optional<sys::ProcessId> identify(int) override { return std::nullopt; }
    std::vector<sys::ProcessId> children_of(int) override { return {}; }
    std::optional<sys::Kin> kin_of(const sys::ProcessId&) override { return std::nullopt; }
    Result<void> send_signal(const sys::ProcessId&, int) override { return {}; }
    Result<void> signal_group(const sys::ProcessId&, int) override { return {}; }
    bool wait_for_end(const std::vector<sys::ProcessId>&, Milliseconds) override { return one_ended; }
    bool one_ended = false; // of those that somebody waits for
    Result<std::size_t> end_survivors(const std::string&, unsigned) override { return std::size_t{0}; }
    std::vector<sys::Marked> started_with(const std::string&, unsigned) override { return marked; }
    std::vector<sys::Marked> detached_below(const std::string&, unsigned) override { return detached; }
    std::vector<sys::Marked> marked, detached;

    Result<void> act(const std::string& what) {
        did.push_back(what);
        if (what == failing) return could_not("no " + what);
        return {};
    }
    // Where it stands in the list; what was never done stands behind all.
    std::size_t when(const std::string& what) const {
        return static_cast<std::size_t>(std::find(did.begin(), did.end(), what) - did.begin());
    }
    bool was_done(const std::string& what) const { return when(what) < did.size(); }

  private:
    Result<std::string> text_of(const sys::Path& path, sys::FileType type) const {
        const auto found = nodes.find(name(path));
        if (found == nodes.end() || found->second.type != type) return could_not("no " + name(path));
        return found->second.text;
    }
    Result<void> draw(const sys::Pipeline& pipeline) {
        if (const auto* text = std::get_if<std::string>(&pipeline.input)) drawn += *text;
        if (const auto* file = std::get_if<sys::FromFile>(&pipeline.input)) drawn += TRY(read_file(file->path));
        const auto* source = std::get_if<sys::PieceSource>(&pipeline.input);
        while (source) {
            const auto piece = TRY((*source)());
            if (piece.empty()) break;
            drawn += piece;
        }
        return {};
    }

    const sys::Path root_;
};

}
