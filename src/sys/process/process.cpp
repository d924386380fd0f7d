#include "sys/process/process.h"
#include "base/secrets/masked_lines.h"
#include "base/secrets/secret.h"
#include "sys/files/files.h"
#include "sys/process/child.h"
#include "sys/process/children.h"
#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fairlead::sys {
namespace {

bool same_file(int one, int other) {
    struct stat first {
    }, second{};
    return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

// The child of one command: what it gets, and what becomes of what it prints.
class ProcessRun {
  public:
    explicit ProcessRun(const Command& command)
        : command_(command), session_(command.timeout, command.patience, command.grace) {}

    Result<void> start() {
        const Program program{command_.argv, command_.folder,   environment_or_usual(command_.environment),
                              command_.user, command_.any_path, command_.dies_with_us,
                              command_.whose};
        ChildStreams streams;
        Pipe in, out, err; // the child's ends close when this function returns
        if (!command_.input.empty()) {
            in = TRY(make_pipe());
            streams.in = in.read.get();
        }
        int one_stream = command_.one_stream;
        // A tool of ours masks by itself, and keeps the terminal; without a secret so does everybody.
        if (!command_.inherit_output || command_.heard || (knows_secrets() && !command_.masks_itself)) {
            out = TRY(make_pipe());
            err = TRY(make_pipe());
            streams.out = out.write.get();
            streams.err = err.write.get();
            // Through two pipes the lines of a log that both lead to would come in another order.
            if (command_.inherit_output && one_stream == 0 && same_file(STDOUT_FILENO, STDERR_FILENO))
                one_stream = STDOUT_FILENO;
        }
        if (one_stream == STDOUT_FILENO) streams.err = streams.out < 0 ? STDOUT_FILENO : streams.out;
        if (one_stream == STDERR_FILENO) streams.out = streams.err < 0 ? STDERR_FILENO : streams.err;
        auto child = TRY(start_child(program, streams));
        session_.add(std::move(child));
        if (in.write.is_open())
            session_.feed(std::move(in.write), [rest = std::string_view(command_.input)]() mutable {
                return std::optional(std::exchange(rest, {}));
            });
        listen(std::move(out.read), output_.out, out_lines_, STDOUT_FILENO);
        listen(std::move(err.read), output_.err, err_lines_, STDERR_FILENO);
        return {};
    }

    Output finish() {
        session_.finish();
        if (command_.inherit_output) { // somebody left behind may hold the pipes: a line that has no end yet is said
            pass_on(out_lines_.end(), STDOUT_FILENO);
            pass_on(err_lines_.end(), STDERR_FILENO);
        }
        output_.status = session_.end_of(0).status;
        output_.signal = session_.end_of(0).signal;
        output_.timed_out = session_.timed_out();
        output_.interrupted = session_.interrupted();
        return std::move(output_);
    }

  private:
    void listen(Descriptor from, std::string& to, MaskedLines& lines, int stream) {
        if (!from.is_open()) return;
        session_.drain(std::move(from), [&, stream](std::string_view piece) {
            if (command_.inherit_output) return pass_on(piece.empty() ? lines.end() : lines.add(piece), stream);
            keep(to, piece);
            return true;
        });
    }

    bool pass_on(const std::string& text, int stream) const {
        if (text.empty()) return true;
        if (command_.heard) command_.heard(text);
        return write_stream(stream, text).ok();
    }

    void keep(std::string& to, std::string_view piece) {
        const std::size_t room = command_.output_limit - std::min(command_.output_limit, to.size());
        to.append(piece.substr(0, room));
        if (piece.size() <= room) return;
        output_.truncated = true;
        if (!command_.keep_partial) session_.end(); // it may go on for ever, and nobody will hear it
    }

    const Command& command_;
    Children session_;
    MaskedLines out_lines_, err_lines_;
    Output output_;
};

}

Result<Output> run(const Command& command) {
    if (command.argv.empty()) return could_not("an empty command can't be run");
    prepare_for_children();
    ProcessRun child(command);
    TRY_VOID(child.start());
    auto output = child.finish();
    if (command.keep_partial) return output;
    const auto& program = command.argv.front();
    if (output.interrupted && !command.inherit_output)
        return could_not(fmt::format("interrupted while '{}' ran", program));
    if (output.timed_out)
        return could_not(
            fmt::format("'{}' was not done after {} and was ended", program, format_duration(command.timeout)));
    if (output.truncated)
        return could_not(fmt::format("'{}' printed more than {} bytes, so its output was cut off and can't be used",
                                     program, command.output_limit));
    return output;
}

}
