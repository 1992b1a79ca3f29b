namespace Beam.Tokens;

/// <summary>
/// The live tokens in the order in which they may end, so that a sweep looks only at those whose time has come, however many there are.
/// </summary>
/// <remarks>
/// Thread-safe. A use renews a token without a word to this: the sweep finds out when it looks, and enters the token again for later. So no
/// token ends before it is due here.
/// </remarks>
internal sealed class TokenExpiry
{
    // The digest tells tokens apart that are due at the same moment.
    private static readonly Comparer<Token> ByTime = Comparer<Token>.Create(static (one, other) => one.DueAt == other.DueAt
        ? one.Digest.Value.CompareTo(other.Digest.Value)
        : one.DueAt.CompareTo(other.DueAt));

    private readonly Lock _lock = new();
    private readonly SortedSet<Token> _tokens = new(ByTime);

    /// <summary>Enters a token that is not here.</summary>
    public void Enter(Token token, DateTimeOffset dueAt)
    {
        lock (_lock)
        {
            // The set is in the order of this, so it changes outside of the set only.
            token.DueAt = dueAt;
            _tokens.Add(token);
        }
    }

    /// <summary>Takes a token out, if it is here.</summary>
    public void Leave(Token token)
    {
        lock (_lock)
        {
            _tokens.Remove(token);
        }
    }

    /// <summary>Takes the first token out whose time has come.</summary>
    /// <returns>The token, which the caller ends or enters again; <see langword="null"/> when there is none.</returns>
    public Token? TakeDue(DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_tokens.Min is not { } first || first.DueAt > now)
            {
                return null;
            }

            _tokens.Remove(first);
            return first;
        }
    }

    /// <summary>Gets the first tokens, those that may end soonest.</summary>
    public List<Token> GetFirst(int most)
    {
        lock (_lock)
        {
            return [.. _tokens.Take(most)];
        }
    }
}
