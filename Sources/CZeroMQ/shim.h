#pragma once
#include <errno.h>
#include <linux/filter.h>
#include <malloc.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <zmq.h>

// Messages of a megabyte come and go. The allocator would give their pages back to the system and
// have new ones zeroed, a third of the time of a transfer; so some that are free are kept.
static inline void concord_keep_freed(int bytes) {
    mallopt(M_MMAP_THRESHOLD, bytes);
    mallopt(M_TRIM_THRESHOLD, bytes);
}

// ZeroMQ accepts whoever comes. A filter that drops every packet to the listening socket keeps
// newcomers out, whose systems try again by themselves; connections that stand have sockets of
// their own and notice nothing.
static inline int concord_close_door(int listener) {
    struct sock_filter drop_all = BPF_STMT(BPF_RET | BPF_K, 0);
    struct sock_fprog program = {.len = 1, .filter = &drop_all};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static inline int concord_open_door(int listener) {
    int none = 0;
    return setsockopt(listener, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
}
