using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

/// <summary>
/// Whatever is leased, returned, requested, withdrawn and promoted, in any order and of any size, the budget counts it right.
/// </summary>
[Trait("Rule", "P3")]
public sealed class RandomBudgetTests
{
    private const int Sequences = 2_000;
    private const int Steps = 100;

    private static readonly long[] Limits = [0, 1, 800, 1L << 40, long.MaxValue - 1, long.MaxValue];

    [Fact]
    public void UsedBytes_AreWhatIsLeased_AndWithinTheLimit_AfterEveryStep()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            Play(new Random(seed), seed);
        }
    }

    private static void Play(Random random, int seed)
    {
        var limit = Limits[random.Next(Limits.Length)];
        var budget = new BufferBudget(limit) { WronglyReturned = () => Assert.Fail($"Seed {seed}: a right return counts as a wrong one.") };
        var leased = new List<long>();
        var requests = new List<(BudgetRequest Request, Func<int> Granted)>();
        for (var step = 0; step < Steps; step++)
        {
            var priority = (BudgetPriority)random.Next(3);
            var bytes = Size(random, limit);
            switch (random.Next(6))
            {
                case 0 or 1 when bytes < 0:
                    Assert.Throws<ArgumentOutOfRangeException>(() => budget.TryLease(bytes, priority));
                    break;
                case 0 or 1 when budget.TryLease(bytes, priority):
                    leased.Add(bytes);
                    break;
                case 2 when bytes >= 0:
                    var granted = 0;
                    requests.Add((budget.Request(bytes, priority, () => granted++), () => granted));
                    break;
                case 3 when requests.Count > 0:
                    requests[random.Next(requests.Count)].Request.Promote(priority);
                    break;
                case 4 when requests.Count > 0:
                    var (withdrawn, wasGranted) = Take(requests, random);
                    Assert.Equal(wasGranted() == 1, withdrawn.Withdraw());
                    leased.AddRange(wasGranted() == 1 ? [withdrawn.Bytes] : []);
                    break;
                case 5 when leased.Count > 0:
                    budget.Return(Take(leased, random));
                    break;
                default:
                    break;
            }

            Assert.All(requests, static request => Assert.Equal(request.Request.IsGranted ? 1 : 0, request.Granted()));
            var held = leased.Concat(requests.Where(static each => each.Request.IsGranted).Select(static each => each.Request.Bytes));
            Assert.True(
                budget.UsedBytes >= 0 && budget.UsedBytes <= limit && held.Sum(static each => (decimal)each) == budget.UsedBytes,
                $"Seed {seed}, step {step}: {budget.UsedBytes} bytes of {limit} are not what is leased.");
        }

        // 1. When everybody leaves, nothing is left.
        while (requests.Count > 0)
        {
            var (request, _) = Take(requests, random);
            leased.AddRange(request.Withdraw() ? [request.Bytes] : []);
        }

        leased.ForEach(budget.Return);
        Assert.Equal(0, budget.UsedBytes);
        Assert.True(budget.TryLease(limit, BudgetPriority.Essential));

        // 2. Not even wrong returns bend it.
        budget.WronglyReturned = null;
        budget.Return(Size(random, limit));
        Assert.InRange(budget.UsedBytes, 0, limit);
        budget.Return(long.MaxValue);
        Assert.Equal(0, budget.UsedBytes);
    }

    private static long Size(Random random, long limit) => random.Next(10) switch
    {
        0 => long.MaxValue - random.Next(3),
        1 => limit,
        2 => limit == long.MaxValue ? limit : limit + 1,
        3 => long.MaxValue - limit,
        4 => -random.NextInt64(1, long.MaxValue),
        5 => 0,
        6 => random.NextInt64(long.MaxValue),
        _ => random.NextInt64(Math.Max(1, limit / 4)),
    };

    private static T Take<T>(List<T> from, Random random)
    {
        var index = random.Next(from.Count);
        var taken = from[index];
        from.RemoveAt(index);
        return taken;
    }
}
