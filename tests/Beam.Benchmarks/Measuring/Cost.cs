namespace Beam.Benchmarks.Measuring;

/// <summary>What moving bytes through a server took.</summary>
/// <param name="Bytes">How many bytes were received.</param>
/// <param name="Time">From the first connection to the last answer.</param>
/// <param name="Cpu">The server's processor time.</param>
/// <param name="MemoryGrowth">The most memory the server had meanwhile, over what it had before, in bytes.</param>
internal sealed record Cost(long Bytes, TimeSpan Time, TimeSpan Cpu, long MemoryGrowth)
{
    private const double GiB = 1024 * 1024 * 1024;

    public double BytesPerSecond => Bytes / Time.TotalSeconds;

    public double CpuSecondsPerGiB => Cpu.TotalSeconds / (Bytes / GiB);
}
