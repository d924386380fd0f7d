#pragma once
#include "sys/http/client.h"
#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace fairlead::test {

// A real server of S3, moto's of PyPI (`pip install 'moto[server]'`), for all tests of a process: FAIRLEAD_MOTO names
// the program moto_server. It keeps its objects in memory and has one bucket.
class RealS3 {
  public:
    static RealS3* get() { // nothing: there is none
        static RealS3 server;
        return server.endpoint.empty() ? nullptr : &server;
    }
    std::string endpoint; // "http://127.0.0.1:40123"

  private:
    RealS3() {
        const char* program = std::getenv("FAIRLEAD_MOTO");
        if (!program) return;
        const auto port = std::to_string(free_port());
        pid_ = ::fork();
        if (pid_ == 0) {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            const int null = ::open("/dev/null", O_RDWR);
            for (const int stream : {0, 1, 2}) ::dup2(null, stream);
            ::execl(program, program, "-H", "127.0.0.1", "-p", port.c_str(), static_cast<char*>(nullptr));
            ::_exit(127);
        }
        const auto url = "http://127.0.0.1:" + port;
        for (int look = 0; look < 600; ++look) {
            sys::HttpRequest make;
            make.method = "PUT";
            make.url = url + "/bucket";
            make.fresh_connection = true;
            const auto answer = sys::real_http().send(make);
            if (answer.ok() && answer->status == 200) {
                endpoint = url;
                return;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }
    ~RealS3() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    static int free_port() {
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        (void)::bind(listener, reinterpret_cast<sockaddr*>(&address), size);
        (void)::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        ::close(listener);
        return ntohs(address.sin_port);
    }
    int pid_ = -1;
};

}
