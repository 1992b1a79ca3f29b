using Beam.Transfers;

namespace Beam.Core.Tests.Transfers;

/// <summary>What a seat was handed, against a plain set of offsets.</summary>
[Trait("Rule", "P22")]
public sealed class HandedBytesTests
{
    [Fact]
    public void Bytes_CountOnce_InWhateverOrderTheyCome()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            var handed = new HandedBytes();
            var offsets = new HashSet<long>();
            for (var i = 0; i < 15; i++)
            {
                var from = random.Next(60);
                var to = from + random.Next(20);
                handed.Add(from, to);
                offsets.UnionWith(Enumerable.Range(from, to - from).Select(static offset => (long)offset));

                Assert.Equal(offsets.Count, handed.Count);
                Assert.Equal(Enumerable.Range(0, 100).First(offset => !offsets.Contains(offset)), handed.Beginning);
                Assert.Equal(offsets.Count == 0 ? 0 : offsets.Max() + 1, handed.End);
            }
        }
    }

    [Fact]
    public void Pieces_AreFew_HoweverManyAClientTakes()
    {
        var handed = new HandedBytes();
        for (var from = 0; from < 100_000; from += 2)
        {
            handed.Add(from, from + 1);
        }

        Assert.Equal((16, 1), (handed.Count, handed.Beginning));
        handed.Add(0, 100_000);
        Assert.Equal((100_000, 100_000), (handed.Count, handed.Beginning));
    }
}
