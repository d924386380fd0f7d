// slow: an execution takes ten times as long as one of the others
// hostile: git configuration
#include "sys/files/files.h"
#include "sys/git/repository.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

using namespace fairlead;

// Whatever a repository's configuration holds (core.fsmonitor, core.sshCommand, filters, includes, hooks): reading it
// starts no program. Who tries ends here.
extern "C" {
int execve(const char*, char* const[], char* const[]) noexcept { std::abort(); }
int execv(const char*, char* const[]) noexcept { std::abort(); }
int execvp(const char*, char* const[]) noexcept { std::abort(); }
int posix_spawn(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, char* const[],
                char* const[]) {
    std::abort();
}
int posix_spawnp(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*, char* const[],
                 char* const[]) {
    std::abort();
}
FILE* popen(const char*, const char*) { std::abort(); }
}

namespace {

void put(const std::string& path, std::string_view bytes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || ::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) std::abort();
    ::close(file);
}

// A repository of one empty folder as a tree, one commit of it, and a work tree with a file that nobody added.
std::string repository() {
    static const auto folder = sys::TemporaryFolder::make("fuzz-git ").value();
    const std::string root = folder.path().string();
    for (const auto* name : {"/.git/objects", "/.git/refs/heads", "/.git/info"})
        if (!sys::make_folders(root + name).ok()) std::abort();
    put(root + "/.git/HEAD", "ref: refs/heads/main\n");
    put(root + "/file", "x\n");
    put(root + "/.gitattributes", "* filter=evil diff=evil merge=evil\n");
    return root;
}

}

extern "C" int fuzz_sys_git_config(const std::uint8_t* data, std::size_t size) {
    static const std::string root = repository();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto attributes = text.find('\0'); // behind it: .git/info/attributes
    put(root + "/.git/config", text.substr(0, attributes));
    put(root + "/.git/info/attributes", attributes == text.npos ? "" : text.substr(attributes + 1));
    const auto git = sys::Repository::open(root);
    if (!git.ok()) return 0;
    (void)git->remote_url("origin");
    (void)git->clone_records();
    (void)git->head_branch();
    (void)git->head_commit();
    (void)git->replacements();
    (void)git->tracked_files();
    (void)git->is_dirty();
    (void)git->staged_files();
    (void)git->references("refs/");
    (void)git->resolve("HEAD");
    return 0;
}
