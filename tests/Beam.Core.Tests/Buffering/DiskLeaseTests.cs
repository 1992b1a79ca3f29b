using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

public sealed class DiskLeaseTests
{
    private const long Budget = 1024 * 1024;

    [Fact]
    public void Leases_AreBounded_AndGivenBack_WhateverTheirOrder()
    {
        var random = new Random(14);
        for (var round = 0; round < 200; round++)
        {
            var budget = new BufferBudget(Budget);
            var leases = Enumerable.Range(0, 4).Select(_ => new DiskLease(budget)).ToList();
            for (var turn = 0; turn < 100; turn++)
            {
                var lease = leases[random.Next(leases.Count)];
                var before = lease.Bytes;
                var bytes = random.Next(10) == 0 ? long.MaxValue - random.Next(9_000) : random.NextInt64(Budget);
                switch (random.Next(8))
                {
                    case 0:
                        lease.Trim(bytes);
                        Assert.Equal(Math.Min(before, bytes), lease.Bytes);
                        break;

                    case 1 when random.Next(10) == 0:
                        lease.End();
                        Assert.Equal(0, lease.Bytes);
                        Assert.False(lease.TryReach(0));
                        break;

                    default:
                        var isReached = lease.TryReach(bytes);
                        Assert.Equal(isReached ? Math.Max(before, bytes) : before, lease.Bytes);
                        break;
                }

                Assert.InRange(budget.UsedBytes, 0, Budget);
                Assert.Equal(leases.Sum(static one => one.Bytes), budget.UsedBytes);
            }

            leases.ForEach(static lease => lease.End());
            leases.ForEach(static lease => lease.End());
            Assert.Equal(0, budget.UsedBytes);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    public void Files_TakeWholeBlocks(long bytes, long expected) => Assert.Equal(expected, DiskLease.RoundUp(bytes));
}
