using System.Diagnostics.CodeAnalysis;

namespace Beam.Transfers;

/// <summary>The outcomes that the relay still remembers of a channel: the last of each name, in the order in which they came.</summary>
/// <remarks>Everything is read and written under the channel's lock.</remarks>
internal sealed class ChannelOutcomes(ChangeCount changes)
{
    private readonly Dictionary<string, LinkedListNode<RetainedOutcome>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<RetainedOutcome> _latestFirst = new();

    /// <summary>Gets the outcomes, the latest first.</summary>
    public IEnumerable<RetainedOutcome> LatestFirst => _latestFirst;

    public bool TryGetValue(string name, [NotNullWhen(true)] out RetainedOutcome? outcome)
    {
        outcome = _byName.GetValueOrDefault(name)?.Value;
        return outcome is not null;
    }

    /// <summary>Remembers an outcome, and forgets one of the same name before it.</summary>
    public void Add(RetainedOutcome outcome)
    {
        if (_byName.TryGetValue(outcome.Name, out var before))
        {
            _latestFirst.Remove(before);
        }

        _byName[outcome.Name] = _latestFirst.AddFirst(outcome);
        changes.Note();
    }

    /// <summary>Forgets an outcome, unless a later one of the same name has taken its place.</summary>
    public void Remove(RetainedOutcome outcome)
    {
        if (_byName.TryGetValue(outcome.Name, out var shown) && ReferenceEquals(shown.Value, outcome))
        {
            _byName.Remove(outcome.Name);
            _latestFirst.Remove(shown);
            changes.Note();
        }
    }
}
