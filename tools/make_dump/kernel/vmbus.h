// A channel between this guest and its host, as its owner sees it.
#pragma once

#include "nt.h"

#ifdef BUILDING_VMBUS
#define VMBAPI __declspec(dllexport)
#else
#define VMBAPI __declspec(dllimport)
#endif

typedef void (*VMBUS_CALLBACK)(void *context);

typedef struct VMBUS_RING {
  volatile u32 WriteIndex;
  volatile u32 ReadIndex;
  volatile u32 InterruptMask;
  u32 Reserved;
  u64 Size;
  u64 Spare[2];
  u64 *Packets; // at 0x28: what a null ring pointer makes the fault's address
} VMBUS_RING;

_Static_assert(__builtin_offsetof(VMBUS_RING, Packets) == 0x28, "the fault's address");

typedef struct VMBUS_CHANNEL {
  u64 Signature;
  VMBUS_CALLBACK Callback;
  void *Context;
  VMBUS_RING *Ring;
  volatile u64 Interrupts;
  KDPC Dpc;
} VMBUS_CHANNEL;

VMBAPI void VmbusOpenChannel(VMBUS_CHANNEL *channel, VMBUS_CALLBACK callback, void *context);
VMBAPI void VmbusRingInterrupt(VMBUS_CHANNEL *channel);
