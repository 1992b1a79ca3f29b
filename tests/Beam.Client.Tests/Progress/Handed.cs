namespace Beam.Client.Tests.Progress;

/// <summary>Collects the bytes of all reports, in their order. A <see cref="Progress{T}"/> would post them.</summary>
internal sealed class Handed(List<long> bytes) : IProgress<BeamProgress>
{
    public void Report(BeamProgress value)
    {
        lock (bytes)
        {
            bytes.Add(value.Bytes);
        }
    }
}
