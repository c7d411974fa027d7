// What the kernel and its drivers share. Offsets that a debugger relies on are asserted.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __UINTPTR_TYPE__ uptr;

#define NOINLINE __attribute__((noinline))
#ifdef BUILDING_NT
#define NTAPI __declspec(dllexport)
#else
#define NTAPI __declspec(dllimport)
#endif

enum { PASSIVE_LEVEL = 0, DISPATCH_LEVEL = 2 };

typedef struct LIST_ENTRY {
  struct LIST_ENTRY *Flink, *Blink;
} LIST_ENTRY;

struct KDPC;
typedef void (*KDEFERRED_ROUTINE)(struct KDPC *dpc, void *context);

typedef struct KDPC {
  struct KDPC *Next;
  KDEFERRED_ROUTINE Routine;
  void *Context;
  volatile u32 Queued;
} KDPC;

NTAPI u8 KfRaiseIrql(u8 irql);
NTAPI void KeLowerIrql(u8 irql);
NTAPI void KeInitializeDpc(KDPC *dpc, KDEFERRED_ROUTINE routine, void *context);
NTAPI int KeInsertQueueDpc(KDPC *dpc);
NTAPI void KeBugCheckEx(u32 code, uptr p1, uptr p2, uptr p3, uptr p4);
