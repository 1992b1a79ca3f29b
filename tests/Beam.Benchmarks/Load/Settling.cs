using Beam.Benchmarks.Servers;

namespace Beam.Benchmarks.Load;

/// <summary>Waits until a server has come to rest with what was asked of it.</summary>
internal static class Settling
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits until <paramref name="transfers"/> transfers are there and neither budget nor memory changes any more.</summary>
    /// <returns>How much of the memory budget is used then, in bytes.</returns>
    public static long Wait(ServerProcess server, int transfers)
    {
        var (before, memoryBefore) = (-1L, 0L);
        while (true)
        {
            var overview = server.Client.Overview();
            var used = overview.GetProperty("memoryUsedBytes").GetInt64();
            var memory = server.Memory.Resident;
            if (overview.GetProperty("activeTransfers").GetInt32() == transfers
                && used == before
                && Math.Abs(memory - memoryBefore) < BenchmarkContext.MiB)
            {
                return used;
            }

            (before, memoryBefore) = (used, memory);
            Thread.Sleep(LookInterval);
        }
    }
}
