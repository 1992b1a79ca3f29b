using System.Net;
using System.Net.Sockets;
using Beam.AspNetCore.Answers;
using Beam.Yarp.Forwarding;

namespace Beam.Yarp.Tests.Forwarding;

/// <summary>What tokens with invented nodes cost, where an address is made of a node's name.</summary>
public sealed class NodeLookupsTests
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private readonly FakeClock _clock = new();
    private readonly List<string> _tried = [];
    private readonly NodeLookups _lookups;
    private Func<string, CancellationToken, Task> _connect = static (_, _) => Task.CompletedTask;

    public NodeLookupsTests() => _lookups = new NodeLookups(ConnectAsync, ConnectTimeout, _clock);

    [Fact]
    public async Task Node_IsTriedOnce_WhenItIsThere()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Null(await FindAsync("n1"));
        }

        Assert.Single(_tried);
    }

    [Fact]
    public async Task Name_IsNotTriedAgain_ForAWhile_WhenNobodyIsThere()
    {
        _connect = static (_, _) => throw new SocketException((int)SocketError.HostNotFound);

        Assert.Equal(NodeError.Unreachable, await FindAsync("n1"));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(NodeError.Unreachable, await FindAsync("n1"));
        Assert.Single(_tried);

        _connect = static (_, _) => Task.CompletedTask;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await FindAsync("n1"));
    }

    [Fact]
    public async Task Name_IsGivenUp_WhenNobodyAnswers()
    {
        _connect = static (_, cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        var found = FindAsync("n1").AsTask();
        await _clock.WaitForTimersAsync(1);
        _clock.Advance(ConnectTimeout);

        Assert.Equal(NodeError.Unreachable, await found.Soon());
        Assert.Equal(NodeError.Unreachable, await FindAsync("n1"));
        Assert.Single(_tried);
    }

    [Fact]
    public async Task FewNames_AreTriedAtATime_AndKnownNodesAreNotKeptWaiting()
    {
        Assert.Null(await FindAsync("known"));
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connect = (_, _) => answer.Task;
        var running = Enumerable.Range(0, NodeLookups.MostAtATime).Select(i => FindAsync($"x{i}").AsTask()).ToList();

        Assert.Equal(NodeError.TooManyLookups, await FindAsync("y"));
        Assert.Null(await FindAsync("known"));
        answer.SetResult();
        Assert.All(await Task.WhenAll(running).Soon(), static error => Assert.Null(error));
        Assert.Null(await FindAsync("y"));
    }

    /// <summary>However many requests wait for a name that is slow, it is one attempt, and leaves room for others.</summary>
    [Fact]
    public async Task Name_IsTriedOnce_ForAllWhoAskMeanwhile()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connect = (node, _) => node.StartsWith("slow.", StringComparison.Ordinal) ? answer.Task : Task.CompletedTask;
        var waiting = Enumerable.Range(0, 3 * NodeLookups.MostAtATime).Select(_ => FindAsync("slow").AsTask()).ToList();

        Assert.Null(await FindAsync("other").AsTask().Soon());
        Assert.Equal(["slow.beam.internal", "other.beam.internal"], _tried);
        answer.SetResult();
        Assert.All(await Task.WhenAll(waiting).Soon(), static error => Assert.Null(error));
    }

    /// <summary>The one that has begun the attempt may be the first to go.</summary>
    [Fact]
    public async Task Attempt_GoesOn_WhileSomebodyWaits()
    {
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connect = (_, cancellationToken) => answer.Task.WaitAsync(cancellationToken);
        using var leaving = new CancellationTokenSource();
        var first = FindAsync("n1", leaving.Token).AsTask();
        var second = FindAsync("n1").AsTask();
        await leaving.CancelAsync();

        Assert.Equal(NodeError.NoConnection, await first.Soon());
        Assert.False(second.IsCompleted);
        answer.SetResult();
        Assert.Null(await second.Soon());
    }

    [Fact]
    public async Task OwnLack_SaysNothingOfANode()
    {
        _connect = static (_, _) => throw new SocketException((int)SocketError.AddressNotAvailable);

        Assert.Equal(NodeError.NoConnection, await FindAsync("n1"));
        _connect = static (_, _) => Task.CompletedTask;
        Assert.Null(await FindAsync("n1"));
    }

    /// <summary>A client that leaves gives its place back, and says nothing of the node.</summary>
    [Fact]
    public async Task Client_ThatLeaves_KeepsNoPlace()
    {
        _connect = static (_, cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        for (var i = 0; i < 2 * NodeLookups.MostAtATime; i++)
        {
            using var leaving = new CancellationTokenSource();
            var found = FindAsync("n1", leaving.Token).AsTask();
            await leaving.CancelAsync();
            Assert.Equal(NodeError.NoConnection, await found.Soon());
        }

        _connect = static (_, _) => Task.CompletedTask;
        Assert.Null(await FindAsync("n1"));
    }

    [Fact]
    public async Task Memory_IsBounded()
    {
        for (var i = 0; i < 3 * NodeLookups.MostRemembered; i++)
        {
            _connect = static (_, _) => Task.CompletedTask;
            Assert.Null(await FindAsync($"k{i}"));
            _connect = static (_, _) => throw new SocketException((int)SocketError.ConnectionRefused);
            Assert.Equal(NodeError.Unreachable, await FindAsync($"a{i}"));
        }

        // The last one is remembered, and the first was forgotten.
        _tried.Clear();
        await FindAsync($"a{(3 * NodeLookups.MostRemembered) - 1}");
        Assert.Empty(_tried);
        await FindAsync("k0");
        Assert.Single(_tried);
    }

    private ValueTask<NodeError?> FindAsync(string node, CancellationToken cancellationToken = default)
        => _lookups.FindAsync(node, new Uri($"http://{node}.beam.internal:8080"), cancellationToken);

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint node, CancellationToken cancellationToken)
    {
        _tried.Add(node.Host);
        await _connect(node.Host, cancellationToken);
        return new MemoryStream();
    }
}
