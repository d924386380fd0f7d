#include "sys/git/repository.h"
#include "base/shell.h"
#include "base/text.h"
#include "sys/files/beneath.h"
#include "sys/git/links.h"
#include "sys/git/refs.h"
#include "sys/git/state.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace fairlead::sys {
namespace {

constexpr std::string_view in_no_repository = "is in no git repository";

void start_libgit2() {
    static const bool started = [] {
        git_libgit2_init();
        // libgit2 refuses repositories with extensions that it does not know; these do not change what we read.
        const char* extensions[] = {"worktreeconfig", "partialclone", "preciousobjects", "relativeworktrees"};
        git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions));
        // Containers and CI mount foreign-owned trees; the check guards against hooks and commands, which we never run.
        git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
        // Like git, don't hash every object again that is read; fsck is for that.
        git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
        return true;
    }();
    static_cast<void>(started);
}

// libgit2 before 1.7 knows of shallow clones only that they are.
GitIds read_boundary(git_repository* repository) {
    GitIds result;
    std::ifstream in(std::string(git_repository_commondir(repository)) + "shallow");
    std::string line;
    git_oid id;
    while (std::getline(in, line))
        if (git_oid_fromstrn(&id, line.data(), line.size()) == 0) result.insert(id);
    return result;
}

Error cannot_open(const std::string& folder, int status) {
    const std::string reason = git_reason(), reason_in_lower_case = lower(reason);
    if (std::error_code ignored; status == GIT_ENOTFOUND && !std::filesystem::exists(folder, ignored))
        return could_not(fmt::format("folder {} does not exist, so it {}", folder, in_no_repository));
    // git passes a .git by that is no repository; who asks for evidence must not take that for none.
    if (status == GIT_ENOTFOUND && !std::getenv("GIT_CEILING_DIRECTORIES"))
        if (const auto tree = tree_around(folder))
            return could_not(
                *tree + "/.git is not a repository that can be opened: it is damaged, closed to this user, or leads "
                        "to a folder that is not here; repair it, or remove it");
    if (status == GIT_ENOTFOUND) return could_not(fmt::format("{} {}; run git init there", folder, in_no_repository));
    if (reason_in_lower_case.find("objectformat") != std::string::npos ||
        reason_in_lower_case.find("object format") != std::string::npos)
        return could_not(folder + " is in a git repository of SHA-256 objects, which libgit2 can't read (" + reason +
                         "); use a repository of SHA-1 objects");
    if (reason_in_lower_case.find("refstorage") != std::string::npos)
        return could_not(
            fmt::format("the git repository of {} keeps its references as a reftable, which libgit2 can't "
                        "read ({}); run: git refs migrate --ref-format=files (git 2.49 or newer), or clone it again",
                        folder, reason));
    return could_not(fmt::format("the git repository of {} can't be opened: {}", folder, reason));
}

// A committed folder may look like a bare repository, with objects that somebody made up. Within a work tree it is
// content: what is meant is the repository around it (git's safe.bareRepository=explicit). Empty: `folder` is in none.
std::string around_bare(git_repository* repository, const std::string& folder) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path found = without_slash(git_repository_path(repository)), here = fs::weakly_canonical(folder, ignored);
    const auto below = here.lexically_relative(found);
    const bool inside = !below.empty() && *below.begin() != "..";
    return inside && found.filename() != ".git" ? found.parent_path().string() : std::string();
}

}

Repository::Repository(std::unique_ptr<GitState> state) : state_(std::move(state)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const std::string& folder) {
    start_libgit2();
    auto state = std::make_unique<GitState>();
    const int status = git_make(state->handle, git_repository_open_ext, folder.c_str(), 0u,
                                static_cast<const char*>(std::getenv("GIT_CEILING_DIRECTORIES")));
    if (status != 0) return cannot_open(folder, status);
    if (const auto around = around_bare(state->handle.get(), folder); !around.empty())
        if (auto outer = open(around); outer.ok() && !outer->work_tree().empty()) return outer;
    state->boundary = read_boundary(state->handle.get());
    return Repository(std::move(state));
}

bool Repository::is_missing(const Error& error) { return error.message.find(in_no_repository) != std::string::npos; }

std::string Repository::work_tree() const { return without_slash(git_repository_workdir(state_->handle.get())); }
std::string Repository::git_folder() const { return without_slash(git_repository_path(state_->handle.get())); }
std::string Repository::damage() const { return state_->damage(""); }
bool Repository::is_shallow() const {
    // The first commit of a history may be listed, too: nothing was left out before it.
    return std::any_of(state_->boundary.begin(), state_->boundary.end(), [&](const git_oid& id) {
        const auto bytes = state_->bytes_of_commit(id);
        return !bytes.ok() || parts_of_commit(bytes.value()).headers.find("\nparent ") != std::string::npos;
    });
}

namespace {

bool is_object_id(std::string_view text) {
    return text.size() == GIT_OID_HEXSZ && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

// A commit, and what are to be its parents.
bool is_graft(std::string_view line) { return is_object_id(line.substr(0, line.find_first_of(" \t\r"))); }

}

Result<std::string> Repository::replacements() const {
    std::vector<std::string> commands;
    constexpr std::string_view folder = "refs/replace/";
    const auto used = lower(state_->setting("core.usereplacerefs").value_or("true"));
    const bool ignored = std::getenv("GIT_NO_REPLACE_OBJECTS") != nullptr || used == "false" || used == "no" ||
                         used == "off" || used == "0";
    if (!ignored) {
        const auto replaced = TRY(References::read(git_folder(), folder));
        const auto& names = replaced.names();
        if (std::any_of(names.begin(), names.end(),
                        [&](const StoredReference& one) { return is_object_id(one.name.substr(folder.size())); }))
            commands.emplace_back("git replace -d $(git replace -l)");
    }
    const Path grafts = std::string(git_repository_commondir(state_->handle.get())) + "info/grafts";
    if (inspect(grafts).type == FileType::file) {
        const std::string text = TRY(read_file(grafts, 64u << 20));
        const auto lines = split(text, '\n');
        if (std::any_of(lines.begin(), lines.end(), is_graft)) commands.push_back("rm " + shell_word(grafts.string()));
    }
    return join(commands, " && ");
}

std::optional<std::string> Repository::head_branch() const { return symbolic_target("HEAD"); }

std::optional<std::string> Repository::symbolic_target(const std::string& reference) const {
    Freed<git_reference, git_reference_free> found;
    if (git_make(found, git_reference_lookup, state_->handle.get(), reference.c_str()) != 0) return std::nullopt;
    const char* target = git_reference_symbolic_target(found.get());
    return target ? std::optional<std::string>(target) : std::nullopt;
}

std::optional<std::string> Repository::head_commit() const {
    git_oid id;
    if (git_reference_name_to_id(&id, state_->handle.get(), "HEAD") != 0) return std::nullopt;
    return git_id_text(id);
}

Result<std::string> Repository::resolve(std::string_view revision) const {
    GitObject named, peeled;
    const std::string text(revision);
    if (git_make(named, git_revparse_single, state_->handle.get(), text.c_str()) != 0) {
        git_oid id;
        if (text.size() == GIT_OID_HEXSZ && git_oid_fromstr(&id, text.c_str()) == 0)
            return state_->missing("commit", id);
        if (text == "HEAD" && !head_commit())
            return could_not(fmt::format("{} has no commit yet; make a commit", state_->shown()));
        return could_not(fmt::format("revision '{}' is unknown in {}; fetch it, or name a branch, a tag or a commit",
                                     text, state_->shown()));
    }
    if (git_make(peeled, git_object_peel, named.get(), GIT_OBJECT_COMMIT) != 0)
        return could_not(fmt::format("revision '{}' does not lead to a commit: {}", text, git_reason()));
    return git_id_text(*git_object_id(peeled.get()));
}

Result<Commit> Repository::commit(std::string_view id) const {
    const auto wanted = TRY(state_->id_of(id));
    const GitCommit found = TRY(state_->commit(wanted));
    Commit result;
    result.id = id;
    for (unsigned i = 0; i < git_commit_parentcount(found.get()); ++i)
        result.parents.push_back(git_id_text(*git_commit_parent_id(found.get(), i)));
    auto text = TRY(text_of(id));
    result.message = std::move(text.message);
    const git_signature* author = git_commit_author(found.get());
    result.author_name = author->name;
    result.author_email = author->email;
    result.author_time = author->when.time;
    result.author_offset = author->when.offset;
    result.committer_time = git_commit_time(found.get());
    result.committer_offset = git_commit_time_offset(found.get());
    return result;
}

CommitParts parts_of_commit(std::string_view bytes) {
    const std::size_t end = bytes.find("\n\n"); // an empty line ends them
    if (end == bytes.npos) return {std::string(bytes), ""};
    return {std::string(bytes.substr(0, end)), std::string(bytes.substr(end + 2))};
}

Result<CommitParts> Repository::text_of(std::string_view id) const {
    const git_oid wanted = TRY(state_->id_of(id));
    TRY_VOID(state_->commit(wanted));
    const std::string bytes = TRY(state_->bytes_of_commit(wanted));
    return parts_of_commit(bytes);
}

namespace {

// The commit that an object is or, through annotated tags, leads to; nothing when there is none.
std::optional<git_oid> peeled_commit(git_repository* repository, git_odb* objects, const git_oid& id) {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, objects, &id) != 0) return std::nullopt;
    if (type == GIT_OBJECT_COMMIT) return id;
    GitObject object, peeled;
    if (type != GIT_OBJECT_TAG || git_make(object, git_object_lookup, repository, &id, GIT_OBJECT_TAG) != 0 ||
        git_make(peeled, git_object_peel, object.get(), GIT_OBJECT_COMMIT) != 0)
        return std::nullopt;
    return *git_object_id(peeled.get());
}

}

Result<std::vector<std::optional<std::string>>> Repository::commits_behind(const std::vector<std::string>& ids) const {
    Freed<git_odb, git_odb_free> objects;
    if (git_make(objects, git_repository_odb, state_->handle.get()) != 0)
        return could_not(fmt::format("the objects of {} can't be read: {}", state_->shown(), git_reason()));
    const bool partial = state_->setting("remote." + state_->remote() + ".promisor").has_value();
    std::vector<std::optional<std::string>> commits;
    for (const auto& text : ids) {
        const git_oid id = TRY(state_->id_of(text));
        const auto commit = peeled_commit(state_->handle.get(), objects.get(), id);
        if (!commit && !partial && git_odb_exists(objects.get(), &id) == 0) return state_->missing("object", id);
        commits.push_back(commit ? std::optional(git_id_text(*commit)) : std::nullopt);
    }
    return commits;
}

Result<std::optional<std::string>> Repository::commit_of(const std::string& reference) const {
    git_oid id;
    if (git_reference_name_to_id(&id, state_->handle.get(), reference.c_str()) != 0)
        return could_not(fmt::format("reference {} of {} can't be read: {}", reference, state_->shown(), git_reason()));
    GitObject object, peeled;
    const int status = git_make(object, git_object_lookup, state_->handle.get(), &id, GIT_OBJECT_ANY);
    if (status == GIT_ENOTFOUND) return state_->missing(reference + "'s object", id);
    if (status != 0) return could_not(fmt::format("{} can't be read: {}", reference, git_reason()));
    const int peel = git_make(peeled, git_object_peel, object.get(), GIT_OBJECT_COMMIT);
    if (peel == GIT_ENOTFOUND) return state_->missing(reference + "'s commit, from object", id);
    if (peel != 0) return std::optional<std::string>();
    return std::optional(git_id_text(*git_object_id(peeled.get())));
}

Result<std::vector<Reference>> Repository::references(std::string_view prefix) const {
    git_repository* repository = state_->handle.get();
    Freed<git_odb, git_odb_free> objects;
    Freed<git_reference_iterator, git_reference_iterator_free> iterator;
    const std::string glob = std::string(prefix) + "*";
    if (git_make(objects, git_repository_odb, repository) != 0 ||
        git_make(iterator, git_reference_iterator_glob_new, repository, glob.c_str()) != 0)
        return could_not(fmt::format("references of {} can't be read: {}", state_->shown(), git_reason()));
    std::vector<Reference> result;
    git_reference* next = nullptr;
    int status = 0;
    while ((status = git_reference_next(&next, iterator.get())) == 0) {
        const Freed<git_reference, git_reference_free> reference(next);
        git_oid symbolic;
        const git_oid* target = git_reference_target_peel(next); // of a packed annotated tag: no look at the object
        if (!target) target = git_reference_target(next);
        if (!target && git_reference_name_to_id(&symbolic, repository, git_reference_name(next)) == 0)
            target = &symbolic;
        const auto commit = target ? peeled_commit(repository, objects.get(), *target) : std::nullopt;
        result.push_back({git_reference_name(next), commit ? git_id_text(*commit) : ""});
    }
    if (status != GIT_ITEROVER)
        return could_not(fmt::format("references of {} can't be read: {}", state_->shown(), git_reason()));
    return result;
}

Result<std::vector<std::string>> Repository::work_tree_files() const {
    auto names = TRY(tracked_files());
    if (git_repository_is_bare(state_->handle.get())) return names;
    TRY_VOID(refuse_outward_rules(work_tree(), names));
    git_status_options options;
    git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
    options.show = GIT_STATUS_SHOW_WORKDIR_ONLY;
    options.flags =
        GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
    Freed<git_status_list, git_status_list_free> list;
    if (git_make(list, git_status_list_new, state_->handle.get(), &options) != 0)
        return could_not(fmt::format("the state of {} can't be read: {}", state_->shown(), git_reason()));
    std::vector<std::string> added, removed;
    for (std::size_t i = 0; i < git_status_list_entrycount(list.get()); ++i) {
        const auto* entry = git_status_byindex(list.get(), i);
        if (entry->index_to_workdir == nullptr) continue;
        const std::string path = entry->index_to_workdir->old_file.path;
        if ((entry->status & GIT_STATUS_WT_NEW) != 0 && !path.ends_with('/')) added.push_back(path);
        if ((entry->status & GIT_STATUS_WT_DELETED) != 0) removed.push_back(path);
    }
    std::sort(removed.begin(), removed.end());
    std::erase_if(names, [&](const auto& name) { return std::binary_search(removed.begin(), removed.end(), name); });
    names.insert(names.end(), added.begin(), added.end());
    std::sort(names.begin(), names.end());
    return names;
}

std::string repository_name(std::string_view remote) {
    auto text = std::string(remote);
    while (text.ends_with('/')) text.pop_back();
    if (text.ends_with(".git")) text.resize(text.size() - 4);
    std::replace(text.begin(), text.end(), ':', '/');
    const auto parts = split(text, '/');
    const bool named = parts.size() >= 3 && remote.find(':') != std::string_view::npos &&
                       !parts[parts.size() - 2].empty() && !parts.back().empty();
    return named ? parts[parts.size() - 2] + "/" + parts.back() : "";
}

std::optional<std::string> Repository::remote_url(std::string_view name) const {
    const auto urls = state_->remote_urls();
    const auto found = urls.find(name);
    return found == urls.end() ? std::nullopt : std::optional(found->second);
}

std::string Repository::remote() const { return state_->remote(); }

CloneRecords Repository::clone_records() const {
    CloneRecords records;
    records.remote = state_->remote();
    for (const auto& [name, url] : state_->remote_urls()) {
        records.remotes.push_back(name);
        for (auto& refspec : state_->settings("remote." + name + ".fetch"))
            records.all_refspecs.push_back(std::move(refspec));
    }
    records.refspecs = state_->settings("remote." + records.remote + ".fetch");
    records.tag_option = state_->setting("remote." + records.remote + ".tagopt").value_or("");
    records.filter = state_->setting("remote." + records.remote + ".partialclonefilter").value_or("");
    records.is_shallow = is_shallow();
    return records;
}

Result<std::vector<std::string>> Repository::tracked_files() const {
    return state_->paths_in_index([](const git_index_entry&) { return true; });
}

Result<void> Repository::require_index() const { return state_->require_index(head_commit()); }

Result<std::vector<std::string>> Repository::left_out_files() const {
    return state_->paths_in_index(
        [](const git_index_entry& entry) { return (entry.flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0; });
}

Result<std::vector<std::string>> Repository::submodules() const {
    return state_->paths_in_index([](const git_index_entry& entry) { return entry.mode == GIT_FILEMODE_COMMIT; });
}

namespace {

std::string content_of(const GitBlob& blob) {
    return {static_cast<const char*>(git_blob_rawcontent(blob.get())),
            static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
}

}

Result<std::string> Repository::read_blob(std::string_view commit, std::string_view path) const {
    const GitTree tree = TRY(state_->tree_of(commit));
    Freed<git_tree_entry, git_tree_entry_free> entry;
    if (git_make(entry, git_tree_entry_bypath, tree.get(), std::string(path).c_str()) != 0)
        return could_not(fmt::format("{} is not in commit {}", path, commit));
    const auto blob = TRY(state_->blob(*git_tree_entry_id(entry.get())));
    return content_of(blob);
}

Result<std::optional<std::string>> Repository::in_index(std::string_view path) const {
    const GitIndex index = TRY(state_->index());
    const git_index_entry* entry = git_index_get_bypath(index.get(), std::string(path).c_str(), 0);
    const bool promised = entry && (entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0;
    if (!entry || promised || entry->mode == GIT_FILEMODE_COMMIT) return std::optional<std::string>();
    const auto blob = TRY(state_->blob(entry->id));
    return std::optional(content_of(blob));
}

Result<std::string> Repository::read_staged(std::string_view path) const {
    auto content = TRY(in_index(path));
    if (!content) return could_not(fmt::format("{} is not in the index of {}", path, state_->shown()));
    return std::move(*content);
}

}
